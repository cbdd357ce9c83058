-- What a log segment knows of the fields of its lines; null where nothing is known.

alter table segments add column fields json;
