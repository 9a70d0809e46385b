/**
 * What can be wrong with hives, registry text and certificate blobs, by code. The codes are stored with what they were found
 * in, so they are append-only. None of them is a verdict: hives are copied while they are written.
 */
export const problemCodes = {
  'registry/hive-magic': 'the file does not begin as a hive; its bins are read all the same',
  'registry/hive-header': 'a version, type or size in the base block that is not known',
  'registry/hive-checksum': 'the checksum of the base block is wrong',
  'registry/hive-dirty': 'changes were being written; without the transaction logs the hive may be old or torn',
  'registry/hive-truncated': 'the file ends before the hive does; what is there is read',
  'registry/bin': 'a bin does not begin as one; it ends where the next one begins',
  'registry/root': 'the root key is not where it should be; another one is taken',
  'registry/cell': 'a place outside the hive or outside its bin, or a cell of a size that cannot be',
  'registry/cell-free': 'something in use lies in a cell that is marked free; it is read all the same',
  'registry/key': 'a list of keys leads to something that is no key',
  'registry/key-again': 'a key that is reached a second time; it is left out there',
  'registry/subkeys': 'a list of keys that is none, or longer than its cell; what is there is read',
  'registry/subkey-count': 'a key has other subkeys than it says',
  'registry/parent': 'a key says that it lies below another key',
  'registry/name': 'a name that reaches beyond its cell; what is there is kept',
  'registry/name-hidden':
    'a key or value with a NUL, or a key with a backslash, in its name: registry editors cannot show it',
  'registry/class-name': 'the class name of a key cannot be read',
  'registry/value-list': 'a list of values that is shorter than the key says',
  'registry/value': 'a list of values leads to something that is no value',
  'registry/value-data': 'the data of a value are shorter than it says; what is there is kept',
  'registry/value-size': 'data whose size does not fit their type; the octets are kept',
  'registry/value-text': 'text with a NUL inside or half a character at its end: programs read it differently',
  'registry/value-type': 'a value of a type that is not known; the octets are kept',
  'registry/big-data': 'the segments of long data cannot all be read; what is there is kept',
  'registry/security': 'the security descriptor of a key cannot be read',
  'registry/too-deep':
    'keys lie in each other more deeply, or have longer paths, than Windows allows; they are left out',
  'registry/too-large': 'a walk reads more than a sound hive can hold; the rest is left out',
  'registry/more-problems': 'more problems than are kept',
  'registry/log-magic': 'a transaction log that is none, or whose base block is damaged; it is not used',
  'registry/log-entry': 'an entry of a transaction log that is damaged; it and those behind it are not used',
  'registry/log-gap': 'entries are missing between the hive and its transaction logs, or in them',
  'registry/log-other': 'a transaction log that is of another time than the hive; it is not used',
  'registry/reg-header': 'registry text without the line that it must begin with',
  'registry/reg-encoding': 'octets that are no text in the encoding of the file; U+FFFD stands for them',
  'registry/reg-line': 'a line that says nothing that is known; it is left out',
  'registry/reg-data': 'data of a value that cannot be read, or only in part',
  'registry/reg-escape': 'a backslash before a character that needs none; both are kept',
  'registry/reg-outside': 'a value that stands below no key, or below one that is deleted; it is left out',
  'registry/reg-too-long': 'a line or a value that is longer than is read; it is left out',
  'registry/blob-record':
    'a property that reaches beyond the end of the blob, or too many of them; the rest is left out',
  'registry/blob-encoding': 'a property whose encoding is not 1',
  'registry/blob-property': 'a property whose octets cannot be what they must be',
  'registry/blob-repeated': 'a property that stands twice; the first one is taken',
  'registry/blob-no-certificate': 'a blob without a certificate in it',
  'registry/blob-mismatch': 'the SHA-1 of the certificate is not that of its property, or not the name of its key',
} as const

export type ProblemCode = keyof typeof problemCodes
