-- What a log segment holds of each stream, compressed (see stream-list.ts); no row where that is not known.

create table segment_streams (
  segment_id bigint primary key references segments on delete cascade,
  streams bytea not null
);

-- It is compressed already.
alter table segment_streams alter column streams set storage external;
