import { RE2JS } from 're2js'
import { describe, expect, it } from 'vitest'
import type { TemplateLanguage } from './log-template.ts'
import { templatePattern } from './log-template.ts'

function read(language: TemplateLanguage, template: string, line: string): Record<string, string> | undefined {
  const matcher = RE2JS.compile(`^${templatePattern(language, template)}$`).matcher(line)
  if (!matcher.find()) return undefined
  return Object.fromEntries(Object.keys(matcher.namedGroups ?? {}).map(name => [name, matcher.group(name) ?? '']))
}

describe('a log template', () => {
  it("reads Squid's native format, its time in two codes", () => {
    const native = '%ts.%03tu %6tr %>a %Ss/%03>Hs %<st %rm %ru %[un %Sh/%<a %mt'
    const line =
      '1564655684.277   3387 192.0.2.1 TCP_TUNNEL/200 19131 CONNECT example.org:443 - HIER_DIRECT/example.org -'
    expect(read('squid', native, line)).toMatchObject({
      time: '1564655684',
      time_fraction: '277',
      client: '192.0.2.1',
      result: 'TCP_TUNNEL',
      status: '200',
      method: 'CONNECT',
      url: 'example.org:443',
      server: 'example.org',
    })
  })

  it('reads values between quotes with quotes in them that are escaped', () => {
    const combined = '%h %l %u %t \\"%r\\" %>s %b \\"%{Referer}i\\" \\"%{User-Agent}i\\"'
    const line = '192.0.2.7 - - [10/Oct/2000:13:55:36 -0700] "GET /a\\"b HTTP/1.0" 200 23 "-" "say \\"x\\" (y)"'
    expect(read('apache', combined, line)).toMatchObject({
      bracketed_time: '[10/Oct/2000:13:55:36 -0700]',
      request: 'GET /a\\"b HTTP/1.0',
      user_agent: 'say \\"x\\" (y)',
    })
  })

  it('keeps a code that it does not know under its own name, and one that stands twice apart', () => {
    const template = '$remote_addr [$time_local] "$request" $upstream_response_time $remote_addr'
    const line = '192.0.2.7 [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.1" 0.004 192.0.2.8'
    expect(read('nginx', template, line)).toMatchObject({
      client: '192.0.2.7',
      client__2: '192.0.2.8',
      code_upstream_response_time: '0.004',
    })
  })

  it('reads a feed with tabs between its values, which may hold spaces', () => {
    const line = 'Mon Aug 28 08:04:30 2023\tada@example.com\thttps\twww.example/a?b=c\t200'
    expect(read('zscaler', '%s{time}\\t%s{login}\\t%s{proto}\\t%s{eurl}\\t%d{respcode}\\n', line)).toMatchObject({
      time: 'Mon Aug 28 08:04:30 2023',
      url: 'www.example/a?b=c',
      status: '200',
    })
  })

  it.each(['', 'no code at all', '%'.repeat(9000)])('refuses what names nothing, or is too long', template => {
    expect(() => templatePattern('apache', template)).toThrow(/names nothing|longer/)
  })
})
