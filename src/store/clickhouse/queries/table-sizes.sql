-- What each table of the schema holds, in this database of this node.
-- returns: table, rows, bytes, parts
-- order: by table
-- key: system tables only
SELECT
  tables.name AS table, sum(parts.rows) AS rows, sum(parts.bytes_on_disk) AS bytes,
  countIf(parts.rows > 0) AS parts
FROM system.tables AS tables
LEFT JOIN (
  SELECT table, rows, bytes_on_disk FROM system.parts WHERE active AND database = currentDatabase()
) AS parts ON parts.table = tables.name
WHERE tables.database = currentDatabase() AND endsWith(tables.engine, 'MergeTree') AND tables.name != 'schema_migration'
GROUP BY tables.name
ORDER BY tables.name
