/**
 * Provisional certificates and what they turned out to be. One that was known by its SHA-1 alone has an id made of that;
 * when its bytes arrive it has its own id, and both stand under the same value in certificate_alias.
 *
 * A provisional id of which a hash is known is joined by that hash alone: issuer and serial are the same for a
 * precertificate and its certificate, and in the certificates of some tools always. One of which only issuer and serial
 * are known is joined when all that have them are of one issuance; then the certificate goes before the precertificate. Where
 * several issuances have them nobody can tell, and it stays by itself.
 *
 * Reads certificate by certificate_id, certificate_alias by (kind, value); costs little where `ids` has no provisional
 * ids in it.
 *
 * @param ids `SELECT certificate_id …`
 * @returns a SELECT of `provisional` and `real`, one row for each provisional id of `ids` that is joined
 */
export function realOf(ids: string): string {
  const claims = `SELECT provisional, rank, claim.1 AS kind, claim.2 AS value FROM (
  SELECT certificate_id AS provisional, multiIf(max(sha1) IS NOT NULL, 2, max(md5) IS NOT NULL, 1, 0) AS rank,
    arrayConcat(
      if(max(sha1) IS NULL, [], [('sha1', lower(hex(assumeNotNull(max(sha1)))))]),
      if(max(md5) IS NULL, [], [('md5', lower(hex(assumeNotNull(max(md5)))))]),
      if(rank > 0, [], arrayFilter(pivot -> pivot.1 = 'issuer_serial', groupUniqArrayArray(pivots)))
    ) AS claims
  FROM certificate WHERE sha256 IS NULL AND certificate_id IN (${ids}) GROUP BY certificate_id
) ARRAY JOIN claims AS claim`
  const named = `SELECT kind, value, certificate_id AS holder FROM certificate_alias WHERE (kind, value) IN (SELECT kind, value FROM (${claims}))`
  const holders = `SELECT certificate_id AS holder,
  multiIf(max(sha256) IS NOT NULL, 3, max(sha1) IS NOT NULL, 2, max(md5) IS NOT NULL, 1, 0) AS holder_rank,
  if(max(from_der), maxIf(issuance, from_der), max(issuance)) AS holder_issuance, ifNull(max(is_precertificate), 0) AS holder_precertificate
FROM certificate WHERE certificate_id IN (SELECT holder FROM (${named})) GROUP BY certificate_id`
  return `SELECT provisional, arraySort(arrayMap(one -> (one.3, one.4), best))[1].2 AS real FROM (
  SELECT provisional, max(holder_rank) AS best_rank,
    arrayFilter(one -> one.1 = best_rank, groupUniqArray((holder_rank, holder_issuance, holder_precertificate, holder))) AS best
  FROM (${claims}) AS claimed INNER JOIN (${named}) AS named USING (kind, value) INNER JOIN (${holders}) AS held USING (holder)
  WHERE holder_rank > rank GROUP BY provisional
) WHERE length(arrayDistinct(arrayMap(one -> one.2, best))) = 1`
}
