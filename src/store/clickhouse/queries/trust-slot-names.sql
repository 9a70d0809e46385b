-- What the SIPs and trust providers that Windows has are called, and which files they decide about.
-- param intel String: snapshot of the reference data
-- returns: slot (`sip|{guid}` or `action|{guid}`, in lower case), name, files (the kind of files that it decides about)
-- order: by slot
-- key: intel_entry by (snapshot, catalogue, key)
SELECT concat(key, '|', value) AS slot, any(attributes['name']) AS name, any(attributes['files']) AS files
FROM intel_entry
WHERE snapshot = {intel:String} AND catalogue = 'trust-slots' AND key IN ('sip', 'action')
GROUP BY slot
ORDER BY slot
