-- Writes down how far evidence was taken into a baseline. The same mark twice changes nothing.
-- param family String: the baseline
-- param revision String: of the baseline and of the reference data that it was taken with
-- param next_sequence UInt64: the first ingest_sequence that was not taken
-- param ledger UInt64: digest of the chunks below it, by activity-ledger.sql
-- returns: nothing
-- order: none
-- key: writes activity_taken
INSERT INTO activity_taken (family, revision, next_sequence, ledger, taken_at)
SELECT {family:String}, {revision:String}, {next_sequence:UInt64}, {ledger:UInt64}, now64(6, 'UTC')
