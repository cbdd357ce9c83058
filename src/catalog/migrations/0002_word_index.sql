-- The word index beside a log segment: where it is, and which letters stand together anywhere in its lines.

alter table segments
  add column word_index json,
  add column word_summary bytea;

-- Bits do not compress.
alter table segments alter column word_summary set storage external;
