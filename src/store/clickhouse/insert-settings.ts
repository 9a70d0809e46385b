import { quoteLiteral } from './param.ts'

/** Settings of statements that must be the same wherever the engine runs: embedded, one server, a cluster. */

/**
 * One chunk, one INSERT, one block: then a table has all of its rows or none, and a repetition after a lost answer is
 * recognised by its token. With several blocks or insert threads rows were lost and doubled, in 9 of 21 trials. After a
 * death of the engine the token may stand for rows that never arrived: docs/decisions/0006.
 */
const oneBlock = [
  'max_insert_threads = 1',
  'min_insert_block_size_rows = 1000000000',
  'min_insert_block_size_bytes = 100000000000',
].join(', ')

/** Smaller pieces through the pipeline over a chunk: half the memory and a quarter less time than with the defaults. */
const smallPieces = 'min_chunk_bytes_for_parallel_parsing = 1048576, max_block_size = 8192'

/** Comparing every AND with every other takes a third of the analysis of our long statements, and finds nothing. */
const noChains = 'optimize_and_compare_chain = 0'

/**
 * The floors of a statement stay apart. Made into one expression, that of twenty sources of text took twice as long to plan, and
 * what several floors name was worked out for each.
 */
const floorsApart = 'query_plan_merge_expressions = 0, query_plan_merge_filters = 0'

/** Lines of fifty producers in one log make a statement that is longer than what the engine lets pass: 50,000 elements. */
const anyLength = 'max_ast_elements = 1000000, max_expanded_ast_elements = 2000000'

/** What a statement over a chunk is read with. */
export const chunkSettings = `${smallPieces}, ${noChains}, ${floorsApart}, ${anyLength}`

/** Equal keys are merged with their part, not before it is written: every reader puts up with unmerged rows. */
const asItComes = 'optimize_on_insert = 0'

/** The settings of an INSERT. Without a token it need not be one block, and is not held in memory as one. */
export function insertSettings(token: string | undefined): string {
  if (token === undefined) return `${chunkSettings}, ${asItComes}`
  return `${oneBlock}, ${chunkSettings}, ${asItComes}, insert_deduplication_token = ${quoteLiteral(token)}`
}
