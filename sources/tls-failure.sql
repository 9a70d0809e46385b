-- The end of the mappings of error logs: what a server says of a handshake that failed, in the words that detections know. A mapping gives it
-- `failure_told`, the program's own text; `role_told`, server or client, which the program is on that connection; and `id_told` and
-- `category_told` for what is no failure of TLS (empty for what is).
--
-- A certificate that was refused has alert_category certificate and alert_id certificate/<reason> (a server's) or client-certificate/<reason>.
-- An alert of TLS that a program received is the other side's refusal: OpenSSL words them "sslv3 alert …", "tlsv1 alert …", since 3.2
-- "ssl/tls alert …" (ssl/ssl_err.c). What the program refuses itself is worded by X509_verify_cert_error_string (crypto/x509/x509_txt.c).
-- Every other failure has alert_category tls and alert_id tls/<reason>, by the last reason that OpenSSL gives in `error:…`, else by the text.
SELECT
  lower(extract(failure_told, '(?i)alert (bad certificate status response|bad certificate|unsupported certificate|certificate revoked|certificate expired|certificate unknown|unknown ca|access denied)')) AS refused_there,
  match(failure_told, '(?i)certificate verif(?:y|ication)|certificate does not match|CA chain cannot be verified|certificate not trusted') AS refused_here,
  arrayElement(extractAll(failure_told, '(?i)error:[0-9A-F]{8}:[^:]{0,60}:[^:]{0,60}:([^:()]{1,80})'), -1) AS library_reason
FROM mapped;

SELECT
  multiIf(category_told != '', '', refused_there = '' AND NOT refused_here, 'tls',
    (role_told = 'server') = (refused_there != ''), 'certificate', 'client-certificate') AS refused_what,
  multiIf(
    refused_there != '', transform(refused_there,
      ['bad certificate', 'unsupported certificate', 'certificate revoked', 'bad certificate status response', 'certificate expired', 'unknown ca', 'access denied'],
      ['malformed', 'malformed', 'revoked', 'revoked', 'expired', 'unknown_ca', 'refused'], 'other'),
    match(failure_told, '(?i)self[ -]signed'), 'self_signed',
    match(failure_told, '(?i)expired'), 'expired',
    match(failure_told, '(?i)not yet valid'), 'not_yet_valid',
    match(failure_told, '(?i)revoked'), 'revoked',
    match(failure_told, '(?i)issuer|unable to verify|not trusted|cannot be verified'), 'unknown_ca',
    match(failure_told, '(?i)host ?name|does not match'), 'name_mismatch',
    match(failure_told, '(?i)signature'), 'bad_signature', 'other') AS refused_reason,
  multiIf(
    refused_what = '', id_told,
    refused_what != 'tls', concat(refused_what, '/', refused_reason),
    concat('tls/', substring(trimBoth(replaceRegexpAll(lower(if(library_reason != '', library_reason, extract(failure_told, '^(?:AH[0-9]+: )?([^:(]*)'))), '[^a-z0-9]+', '_'), '_'), 1, 60))) AS alert_id,
  multiIf(refused_what = '', category_told, refused_what = 'tls', 'tls', 'certificate') AS alert_category
FROM mapped;
