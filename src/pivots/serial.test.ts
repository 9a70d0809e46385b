import { expect, it } from 'vitest'
import { normalSerial, serialReadings } from './serial.ts'

it('the serial number of the default Cobalt Strike certificate is one number in every form', () => {
  const forms = ['8BB00EE', '08:BB:00:EE', '08bb00ee', '0x8bb00ee', '00:08:BB:00:EE']
  for (const form of forms) expect(normalSerial(form)).toBe('08BB00EE')
  expect(normalSerial('146473198', 10)).toBe('08BB00EE')
  expect(serialReadings('146473198')).toContain('08BB00EE')
})

it('keeps the sign of a negative number, and zero', () => {
  expect(normalSerial('-8BB00EE')).toBe('-08BB00EE')
  expect(normalSerial('0')).toBe('00')
  expect(normalSerial('00')).toBe('00')
})

it('takes twenty and more decimal digits for decimal, fewer for hexadecimal', () => {
  expect(normalSerial('12345678901234567890')).toBe('AB54A98CEB1F0AD2')
  expect(normalSerial('1000')).toBe('1000')
  expect(normalSerial('12345678901234567890', 16)).toBe('12345678901234567890')
})

it('what is no number has no reading', () => {
  for (const text of ['', 'x', '0x', '-', '8BB0 0EG', 'ff'.repeat(4000).concat('g')])
    expect(serialReadings(text)).toHaveLength(text.length > 2048 ? 1 : 0)
})
