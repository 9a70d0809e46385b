// What a period brought
export { trustReview } from './trust-review.ts'
export type {
  ApprovalTold,
  ChangeTold,
  KeptHunt,
  ReviewedFinding,
  ReviewSources,
  TrustReview,
} from './trust-review.ts'
