/**
 * What can be wrong with an event log, by code. The codes are stored with the records they were found in, so they are
 * append-only. None of them is a verdict: logs are copied while they are written, and machines lose power.
 */
export const problemCodes = {
  'evtx/file-magic': 'the file does not begin as an event log; its chunks are read all the same',
  'evtx/file-header': 'a version or a size in the file header that is not known',
  'evtx/file-header-crc': 'the checksum of the file header is wrong',
  'evtx/file-dirty': 'the log was not closed: its header may be older than its chunks',
  'evtx/file-truncated': 'the file ends inside its header or inside a chunk; what is there is read',
  'evtx/file-chunks': 'the header of a closed log counts other chunks than there are',
  'evtx/chunk-magic': 'a chunk does not begin as one; it is read only when records are recovered',
  'evtx/chunk-header': 'a place in the chunk header lies outside the chunk; another is taken',
  'evtx/chunk-header-crc': 'the checksum of the chunk header is wrong',
  'evtx/chunk-records-crc':
    'the checksum of the records of a chunk is wrong: at least one octet is not as it was written',
  'evtx/chunk-record-ids': 'the chunk has other records than its header says',
  'evtx/record-magic': 'no record begins where one must; the next is searched for',
  'evtx/record-size': 'a record of a size that cannot be; it ends where the next one begins',
  'evtx/record-size-copy': 'the size at the end of a record differs from that at its beginning',
  'evtx/record-id': 'the identifier of a record does not follow that of the record before',
  'evtx/name': 'a name of an element or attribute that cannot be read; `_` stands for it',
  'evtx/name-hash': 'a name whose hash is not that which is stored with it',
  'evtx/template-place': 'a template that lies outside the chunk, or is longer than it',
  'evtx/template-id': 'another template than the record wants lies at its place; its values are kept by number',
  'evtx/template-cycle': 'a template stands in itself; the inner one is left out',
  'evtx/too-many-templates': 'a chunk has more templates than fit into one; the rest is left out',
  'evtx/token': 'an octet that begins nothing in binary XML; what follows in this part is left out',
  'evtx/truncated': 'binary XML ends inside something; what is there is read',
  'evtx/unbalanced': 'the end of an element that was not begun',
  'evtx/too-deep': 'elements or templates stand in each other more deeply than is followed',
  'evtx/too-large': 'a record or chunk unfolds to more than is read; the rest is left out',
  'evtx/entity': 'a reference to an entity that XML does not have; it stands as written',
  'evtx/values-cut': 'the values of a record reach beyond its end; what is there is read',
  'evtx/value-missing': 'a template wants a value that the record does not have',
  'evtx/value-type': 'a value of a type that is not known; its octets are kept',
  'evtx/value': 'a value that cannot be of its type: too short, too long, or no time; its octets are kept',
  'evtx/boolean': 'a boolean that is neither 0 nor 1; it is read as true',
  'evtx/system-value': 'a value in System that cannot be what it must be, such as an event id that is no number',
  'evtx/no-event': 'a record without an event in it',
  'evtx/more-problems': 'more problems than are kept for one record or chunk',
} as const

export type ProblemCode = keyof typeof problemCodes
