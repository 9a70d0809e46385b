-- Changes in the directory that make certificates mean more than they should: one row for each object and UTC day.
--
-- 5136 tells one attribute of one object: %%14674 a value that came, %%14675 one that went; both of one change have the same
-- OpCorrelationID. Numbers are decimal and may be negative. Told are: flags of templates, as template-weakened reads them; grants on
-- objects below Public Key Services, as template-access-widened reads them, to all; a policy linked to a group (ESC13); a
-- certificate mapped to an account (ESC14); a user's principal name that is tier 0's or a computer's, and a computer's host name
-- that is a domain controller's (what ESC9, ESC10 and CVE-2022-26923 prepare); a CA that is newly believed for logon (ESC5). 4738
-- tells the principal name, too.
-- param intel String: snapshot of the reference data
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen
-- order: by first_seen, then key
-- key: windows_event by (channel, event_id); intel_entry by (snapshot, catalogue)
WITH
  (
    SELECT groupArray((splitByChar('#', value)[1], toUInt64OrZero(attributes['mask']), attributes['weakens'], attributes['name'], attributes['esc']))
    FROM intel_entry
    WHERE snapshot = {intel:String} AND catalogue = 'adcs-template-flags' AND key = 'attribute'
  ) AS rules,
  (SELECT groupUniqArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'adcs-usages' AND attributes['effect'] IN ('any', 'logon', 'agent')) AS strong_usages,
  (SELECT groupUniqArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'adcs-tier-0-names' AND key = 'account') AS tier_0_names,
  (SELECT groupUniqArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'adcs-trustees' AND key = 'trustee' AND attributes['who'] = 'everyone') AS everyone,
  (
    SELECT groupUniqArray(10000)(name)
    FROM (
      SELECT splitByChar('.', value)[1] AS name FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'domain-controllers' AND key = 'host'
      UNION ALL
      SELECT splitByChar('.', lower(toString(host_name)))[1] FROM windows_event WHERE channel = 'Security' AND event_id IN (4768, 4769) GROUP BY host_name
    )
    WHERE name != ''
  ) AS controllers,
  told AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, record_key, lower(toString(host_name)) AS host, toUInt32(event_id) AS id, user_name,
      substringUTF8(if(event_id = 4738, fields['TargetUserName'], fields['ObjectDN']), 1, 512) AS object, lower(fields['ObjectClass']) AS class,
      if(event_id = 4738, 'userprincipalname', lower(fields['AttributeLDAPDisplayName'])) AS attribute,
      substringUTF8(if(event_id = 4738, fields['UserPrincipalName'], fields['AttributeValue']), 1, 65536) AS value,
      if(event_id = 4738, '%%14674', fields['OperationType']) AS operation, fields['OpCorrelationID'] AS correlation
    FROM windows_event
    WHERE channel = 'Security' AND (
      (event_id = 4738 AND fields['UserPrincipalName'] NOT IN ('', '-'))
      OR (event_id = 5136 AND (positionCaseInsensitive(fields['ObjectDN'], 'cn=public key services,') > 0
        OR lower(fields['AttributeLDAPDisplayName']) IN ('altsecurityidentities', 'userprincipalname', 'dnshostname'))))
    ORDER BY event_time, event_uid
    LIMIT 1 BY record_key
  ),
  pairs AS (
    SELECT
      object, class, attribute, correlation, if(correlation = '', event_time, toDateTime64(0, 6, 'UTC')) AS alone,
      any(host) AS at_host, max(user_name) AS who, any(id) AS event_id_told,
      groupUniqArrayIf(200)(value, operation = '%%14674') AS came, groupUniqArrayIf(200)(value, operation = '%%14675') AS went,
      min(event_time) AS first_one, max(event_time) AS last_one,
      groupUniqArray(50)((event_time, lower(hex(event_uid)), toString(evidence_id), record_number)) AS records
    FROM told
    GROUP BY object, class, attribute, correlation, alone
    HAVING notEmpty(came)
  ),
  read AS (
    SELECT
      object, class, attribute, at_host, who, first_one, last_one, records, came, went,
      lower(extract(object, '(?i)^CN=([^,]+)')) AS own_name,
      if(match(came[1], '^-?[0-9]{1,10}$'), bitAnd(toUInt64(toInt64OrZero(came[1])), 4294967295), NULL) AS number,
      if(notEmpty(went) AND match(went[1], '^-?[0-9]{1,10}$'), bitAnd(toUInt64(toInt64OrZero(went[1])), 4294967295), NULL) AS number_before,
      arrayMap(list -> arrayDistinct(arrayMap(one -> lower(one[6]), arrayFilter(
        one -> length(one) >= 6 AND upper(one[1]) IN ('A', 'OA', 'XA', 'ZA') AND arrayExists(
          trustee -> trustee = lower(one[6]) OR (startsWith(lower(one[6]), 's-1-5-21-') AND startsWith(trustee, '-') AND endsWith(lower(one[6]), trustee)), everyone)
          AND (hasAny(extractAll(upper(one[3]), '[A-Z]{2}'), ['GA', 'GW', 'WD', 'WO']) OR (has(extractAll(upper(one[3]), '[A-Z]{2}'), 'WP') AND one[4] = '')
            OR (match(one[3], '^0[xX][0-9A-Fa-f]{1,8}$') AND bitAnd(reinterpretAsUInt64(reverse(unhex(leftPad(substring(one[3], 3), 16, '0')))), 1343225856) != 0)),
        arrayMap(text -> splitByChar(';', text), arraySlice(extractAll(arrayStringConcat(list, ' '), '[(]([^()]+)[)]'), 1, 500))))), [went, came]) AS controls
    FROM pairs
  ),
  judged AS (
    SELECT
      object, at_host, who, first_one, last_one, records,
      arrayFilter(said -> said.1 != '', arrayConcat(
        arrayMap(rule -> ('template_weakened', concat(rule.4, if(rule.3 = 'set', ' set', ' taken away'), ' (', rule.5, ')')), arrayFilter(
          rule -> class = 'pkicertificatetemplate' AND rule.1 = attribute AND number IS NOT NULL
            AND (bitAnd(assumeNotNull(number), rule.2) != 0) = (rule.3 = 'set')
            AND if(number_before IS NULL, rule.3 = 'set', (bitAnd(ifNull(number_before, 0), rule.2) != 0) != (rule.3 = 'set')), rules)),
        [
          if(class = 'pkicertificatetemplate' AND attribute IN ('pkiextendedkeyusage', 'mspki-certificate-application-policy') AND hasAny(arrayFilter(one -> NOT has(went, one), came), strong_usages),
            ('template_weakened', 'a usage for logon, for everything or for agents was added'), ('', '')),
          if(class = 'pkicertificatetemplate' AND attribute = 'mspki-certificate-policy' AND notEmpty(arrayFilter(one -> NOT has(went, one), came)), ('policy_added', 'an issuance policy was added (ESC13)'), ('', '')),
          if(attribute = 'msds-oidtogrouplink', ('policy_linked', concat('an issuance policy was linked to the group ', substringUTF8(came[1], 1, 160), ' (ESC13)')), ('', '')),
          if(attribute = 'ntsecuritydescriptor' AND positionCaseInsensitive(object, 'cn=public key services,') > 0 AND notEmpty(arrayFilter(one -> NOT has(controls[1], one), controls[2])),
            ('control_to_everyone', 'every account may now change it (ESC4, ESC5)'), ('', '')),
          if(attribute = 'altsecurityidentities', ('mapping_added', concat('a certificate was mapped to the account: ', substringUTF8(came[1], 1, 160), ' (ESC14)')), ('', '')),
          if(attribute = 'userprincipalname' AND lower(object) != splitByChar('@', lower(came[1]))[1] AND own_name != splitByChar('@', lower(came[1]))[1]
              AND (has(tier_0_names, splitByChar('@', lower(came[1]))[1]) OR endsWith(splitByChar('@', came[1])[1], '$')),
            ('name_taken', concat('its principal name became ', substringUTF8(came[1], 1, 120), ' (ESC9, ESC10)')), ('', '')),
          if(attribute = 'dnshostname' AND own_name != splitByChar('.', lower(came[1]))[1] AND has(controllers, splitByChar('.', lower(came[1]))[1]),
            ('host_name_taken', concat('its host name became that of the domain controller ', substringUTF8(came[1], 1, 120))), ('', '')),
          if(attribute = 'cacertificate' AND match(object, '(?i)^CN=NTAuthCertificates,'), ('ca_believed', 'a CA was added that is believed for logon (ESC5)'), ('', ''))
        ])) AS findings
    FROM read
  ),
  gathered AS (
    SELECT
      lower(object) AS place, any(object) AS named, toDate(first_one) AS day, any(at_host) AS told_by,
      arraySort(groupUniqArrayArray(10)(arrayMap(one -> one.1, findings))) AS said,
      arraySlice(arraySort(groupUniqArrayArray(20)(arrayMap(one -> one.2, findings))), 1, 6) AS whats,
      arraySort(groupUniqArrayIf(3)(substringUTF8(who, 1, 80), who NOT IN ('', '-'))) AS users,
      arraySlice(arraySort(groupUniqArrayArray(1000)(records)), 1, 1000) AS all_events
    FROM judged
    WHERE notEmpty(findings)
    GROUP BY place, day
  )
SELECT
  concat(place, '|', toString(day)) AS key,
  concat('In the directory, ', substringUTF8(named, 1, 300), ' changed: ', arrayStringConcat(whats, '; '), if(empty(users), '', concat('; by ', arrayStringConcat(users, ', '))), '; told by ', told_by) AS summary,
  arrayConcat([('host_name', if(told_by = '', '(not logged)', told_by))], arrayMap(one -> ('user_name', one), users)) AS entities,
  arrayFilter(signal -> has(said, signal), ['template_weakened', 'policy_added', 'policy_linked', 'control_to_everyone', 'mapping_added', 'name_taken', 'host_name_taken', 'ca_believed']) AS signals,
  arrayMap(one -> (one.2, one.3, one.4), arraySlice(all_events, 1, 20)) AS events,
  length(all_events) AS event_count,
  toString(all_events[1].1) AS first_seen,
  toString(all_events[-1].1) AS last_seen
FROM gathered
ORDER BY first_seen, key
