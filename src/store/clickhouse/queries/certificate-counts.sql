-- How many certificates there are, and how far the evidence goes they were read from.
-- returns: certificates, last_sequence
-- order: none, one row
-- key: certificate by scanning two columns
SELECT uniq(certificate_id) AS certificates, max(first_sequence) AS last_sequence FROM certificate
