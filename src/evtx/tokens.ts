/**
 * What begins each part of binary XML (MS-EVEN6 §2.2.12). Bit 0x40 says that more of the same follows, or that an element
 * has attributes; it is masked before comparing.
 */
export const tokens = {
  end: 0x00,
  openElement: 0x01,
  closeStart: 0x02,
  closeEmpty: 0x03,
  endElement: 0x04,
  value: 0x05,
  attribute: 0x06,
  cdata: 0x07,
  character: 0x08,
  entity: 0x09,
  instruction: 0x0a,
  instructionText: 0x0b,
  instance: 0x0c,
  substitution: 0x0d,
  optional: 0x0e,
  fragment: 0x0f,
} as const

export const moreFlag = 0x40
export const withoutFlag = 0xff & ~moreFlag
