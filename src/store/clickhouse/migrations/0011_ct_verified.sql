-- Whether an entry of a log was shown to be in the tree that the log signed. Entries that others tell of (certstream, crt.sh) were not
-- looked at: there it is not known.
ALTER TABLE certificate_sighting ADD COLUMN IF NOT EXISTS ct_verified Nullable(Bool) AFTER ct_entry_index;
