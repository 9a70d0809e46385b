import { leastTold } from './choose.ts'

/** What the words of the page mean. */
export const definitions = `## What the words mean

- **Seed**: a certificate in the hands of one of an operator's owners, whatever its role. Every such certificate of every
  pack is one. Precertificate and certificate are one.
- **Claim**: another owner than the seed's, with the highest confidence over his certificates. A lead for one operator
  claims the owner of its certificate; where several owners have it, and for the seed's own certificate, each is claimed
  through the address at which he serves it. SAME_TOOLING, SAME_PLATFORM, SAME_TENANT_POOL and SAME_PRODUCT claim nothing.
  It counts from the threshold on, once for each seed and owner. It is true when the owner is of the seed's operator.
- **Reachable**: a pair of seed and other owner of the operator, where a certificate of that owner shares an observed value
  with the seed: the certificate, an address, the key, its id, a registrable domain, an e-mail or IP address; and, where
  no public CA issued it, the subject, its CN, O, OU, e-mail, serialNumber or street, the issuer, its key id, the serial
  number, the second of notBefore. **Own**: reachable pairs joined by certificates made for their owners, or by a value
  that no other operator has; the rest is joined by what a tool or a platform gives out, which must not be claimed.
  **Within 2 hops**: by a chain over certificates of the operator. **All**: every pair, also those joined by nothing.
- **F0.5**: of precision and of the recall within 2 hops.
- **Operator leak**: a false claim whose last step rests on nothing but what tools and platforms give out: every value
  that counts for the operator is held only by certificates of the roles kit, platform, pool, device and default, and by
  several operators. **Told**: a rule that the product was given fits both ends. **Untold**: no list had it; it is counted as
  a false claim like any other, and nothing but learning could have prevented it.
- **Calibration error**: over claims of confidence ${leastTold} and more, in ten bins of equal width.
- **P@20**: mean over seeds with a claim, of how much of the first twenty is true.
- **Advantage**: F0.5 less that of the best baseline, chosen anew in each of 1,000 resamples of operators.
- **Lists known**: the share of the world's list entries (platforms, pools, devices, kits) that the product is given, of
  each action by itself, as rules of its own kind. Smaller shares are parts of larger ones. Names of public issuers are
  given at every share, also at 0 %: root programs publish them. Nothing of \`intel/\` is given.
- **Owner groups, frequencies and learned platforms** are computed by the product from certificates and addresses alone.`
