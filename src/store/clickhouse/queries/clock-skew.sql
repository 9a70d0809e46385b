-- How far the clocks of two sources of requests are apart, told by requests that both saw: same client, method, target and status, each
-- only once in either source within its hour of the day and with at most two hours between the two. Needs at least five such requests.
-- returns: source, other, requests, seconds, spread
-- order: by source, then other
-- key: http_request as a whole, six columns
WITH
  seen AS (
    SELECT
      toString(source) AS from_source, sipHash128(source_ip, http_method, http_path, http_query, http_status) AS request,
      min(event_time) AS at, uniqExact(record_key) AS times
    FROM http_request
    WHERE source_ip IS NOT NULL AND http_path NOT IN ('', '/')
    GROUP BY from_source, request
    HAVING times = 1
  )
SELECT
  one.from_source AS source,
  two.from_source AS other,
  count() AS requests,
  round(median(toUnixTimestamp64Micro(two.at) - toUnixTimestamp64Micro(one.at)) / 1000000, 3) AS seconds,
  round(quantile(0.9)(abs(toUnixTimestamp64Micro(two.at) - toUnixTimestamp64Micro(one.at))) / 1000000, 3) AS spread
FROM seen AS one
INNER JOIN seen AS two ON two.request = one.request
WHERE one.from_source < two.from_source AND abs(dateDiff('second', one.at, two.at)) <= 7200
GROUP BY source, other
HAVING requests >= 5
ORDER BY source, other
