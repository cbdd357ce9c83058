-- Bytes of each column of a log segment, as stored, so that a query can tell what it has read; null where that is not known.

alter table segments add column column_bytes json;
