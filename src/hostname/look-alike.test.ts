import { describe, expect, it } from 'vitest'
import { normalHostName, watchFor } from './index.ts'

const watch = watchFor(['norrfell.example.com', 'paypal.com', 'microsoftonline.com', 'ab.co.uk'])
const near = (name: string) => {
  const found = watch?.nearest(normalHostName(name))
  return found === undefined ? undefined : `${found.how}${found.distance ?? ''} ${found.domain}`
}

describe('a name is near a watched domain', () => {
  it('when it is the domain, or stands below it', () => {
    expect(near('paypal.com')).toBe('exact paypal.com')
    expect(near('*.paypal.com')).toBe('exact paypal.com')
    expect(near('www.login.paypal.com')).toBe('subdomain paypal.com')
    expect(near('x.norrfell.example.com')).toBe('subdomain norrfell.example.com')
  })

  it('when its registered part is the same under another suffix', () => {
    expect(near('paypal.net')).toBe('other_suffix paypal.com')
    expect(near('login.paypal.co.uk')).toBe('other_suffix paypal.com')
  })

  it('when it looks the same: other letters of the same shape, also behind xn--', () => {
    expect(near('pаypаl.com')).toBe('confusable paypal.com')
    expect(near('xn--pypl-53dc.com')).toBe('confusable paypal.com')
    expect(near('paypa1.com')).toBe('confusable paypal.com')
    expect(near('rnicrosoftonline.com')).toBe('confusable microsoftonline.com')
    expect(near('micros0ft0nline.net')).toBe('confusable microsoftonline.com')
  })

  it('when few letters are added, left out, changed or swapped', () => {
    expect(near('paypall.com')).toBe('similar1 paypal.com')
    expect(near('papyal.org')).toBe('similar1 paypal.com')
    expect(near('micosoftonlin.com')).toBe('similar2 microsoftonline.com')
    expect(near('paypal-l.com')).toBeUndefined()
  })

  it('and not otherwise', () => {
    for (const name of ['paypal.com.evil.example', 'example.com', 'payday.com', 'com', '192.0.2.1', 'abc.co.uk', ''])
      expect(near(name), name).toBeUndefined()
    expect(watchFor(['co.uk'])).toBeUndefined()
  })
})
