-- One text for one registry key and value, whoever tells of it, and who did it: what events of Sysmon, Security and others
-- are joined by. Events stored before have the text they were told in, in registry_path, and nothing here.
ALTER TABLE windows_event ADD COLUMN IF NOT EXISTS user_id String AFTER user_name;
ALTER TABLE windows_event ADD COLUMN IF NOT EXISTS parent_process_id Nullable(UInt32) AFTER process_command_line;
ALTER TABLE windows_event ADD COLUMN IF NOT EXISTS parent_process_entity_id String AFTER parent_process_id;
ALTER TABLE windows_event ADD COLUMN IF NOT EXISTS registry_key String AFTER registry_path;
ALTER TABLE windows_event ADD COLUMN IF NOT EXISTS registry_value String AFTER registry_key;
ALTER TABLE windows_event ADD COLUMN IF NOT EXISTS registry_view LowCardinality(String) AFTER registry_value;
ALTER TABLE windows_event ADD COLUMN IF NOT EXISTS registry_data_type LowCardinality(String) AFTER registry_data;
ALTER TABLE windows_event ADD COLUMN IF NOT EXISTS registry_data_before String AFTER registry_data_type;
