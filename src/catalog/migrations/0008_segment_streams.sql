-- What a log segment holds of each stream, compressed (see stream-list.ts); no row where that is not known.

create table segment_streams (
  segment_id bigint primary key references segments on delete cascade,
  streams bytea not null
);

-- It is compressed already.
alter table segment_streams alter column streams set storage external;

-- What came and what went behind a generation.
create index segments_by_creation on segments (organisation_id, created);
create index segments_by_end on segments (organisation_id, retired) where retired is not null;
