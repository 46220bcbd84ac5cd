CREATE TABLE properties (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE collections (
  name TEXT PRIMARY KEY,
  state TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE documents (
  number INTEGER PRIMARY KEY,
  collection TEXT NOT NULL,
  name TEXT NOT NULL,
  copy TEXT NOT NULL,
  UNIQUE (collection, name)
) STRICT;
CREATE TABLE refusals (
  collection TEXT NOT NULL,
  number INTEGER NOT NULL,
  refusal TEXT NOT NULL,
  PRIMARY KEY (collection, number)
) STRICT, WITHOUT ROWID;
INSERT INTO properties VALUES ('purpose', 'ADDRESS planner'), ('node', 'java-0123456789abcdef');
INSERT INTO collections VALUES ('tasks', '{"clock":"0019abc000000-000002-java-0123456789abcdef","cursor":"0019abc000000-000000-s1.e.x","complete":"0019abc000000-000000-s1.e.x","unanswered":"0000000000000-000000-00000000","offset":0,"more":false,"resyncing":false,"generation":1,"changes":2,"refusals":1}');
INSERT INTO documents (collection, name, copy) VALUES
  ('tasks', 'milk', '{"base":{"title":"Milk"},"revision":"0019abc000000-000000-s1.e.x","madeFrom":"0019abc000000-000000-s1.e.x","next":{"leaves":{"done":["0019abc000000-000001-java-0123456789abcdef",true]}},"generation":1}'),
  ('tasks', '@/@home', '{"base":{"title":"Home"},"revision":"0019abc000000-000000-s1.e.x","generation":1}'),
  ('tasks', '@bob/plan', '{"base":{"title":"Plan"},"revision":"0019abc000000-000000-s1.e.x","generation":1}');
INSERT INTO refusals VALUES ('tasks', 1, '{"number":1,"address":"@/@odd","code":"bad_request","details":{},"edits":{"leaves":{"title":["0019abc000000-000002-java-0123456789abcdef",5]}},"document":{"title":5}}');
PRAGMA application_id = 1281584244;
PRAGMA user_version = 1;
