import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { platforms } from '../../src/platforms/index.ts'
import { platformPrefixes } from '../../src/settings.ts'
import { receivers } from '../../webhooks/index.ts'

const root = resolve(import.meta.dirname, '../..')
const folders = readdirSync(resolve(root, 'src/platforms'), { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
)
const sourceOf = (folder: string): string =>
  readdirSync(resolve(root, 'src/platforms', folder))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(resolve(root, 'src/platforms', folder, name), 'utf8'))
    .join('\n')

describe('The list of platforms', () => {
  test('has every folder, and every platform of the settings and the webhooks', () => {
    const ids = platforms.map(({ id }) => id).sort()
    expect(ids).toEqual([...folders].sort())
    expect(ids).toEqual(Object.keys(platformPrefixes).sort())
    expect(ids).toEqual(Object.keys(receivers).sort())
  })

  test.each(folders)('%s is a folder of the agreed files with its facts', (folder) => {
    const names = readdirSync(resolve(root, 'src/platforms', folder))
    for (const name of ['index.ts', 'api.ts', 'schema.ts', 'map.ts', 'readme.md']) expect(names).toContain(name)
    expect(readdirSync(resolve(root, 'tests/platforms'))).toContain(`${folder}.test.ts`)
  })

  test.each(platforms.map((platform) => [platform.id, platform] as const))('%s names only addresses of its own hosts', (id, platform) => {
    const hosts = platform.hosts.map(({ host }) => host)
    const calls = sourceOf(id).replace(/setUp: \[[\s\S]*?\n {2}\]/g, '')
    const named = [...calls.matchAll(/https?:\/\/([\w.-]+)/g)].map((match) => match[1]!)
    expect(named.length).toBeGreaterThan(0)
    for (const host of named) expect(hosts, id).toContain(host)
    for (const url of [platform.oauth.authorizeUrl, platform.oauth.tokenUrl]) expect(hosts).toContain(new URL(url).hostname)
  })

  test.each(['strava', 'polar'] as const)('%s makes no writing call but for connecting, leaving and its own webhook', (id) => {
    const writes = [...sourceOf(id).matchAll(/'([^']+)', \{[^}]*method: '(POST|PUT|PATCH|DELETE)'|method: '(POST|PUT|PATCH|DELETE)', url/g)]
    expect(writes.length).toBeGreaterThan(0)
    const source = sourceOf(id)
    const methods = [...source.matchAll(/method: '(?:POST|PUT|PATCH|DELETE)'/g)].map(({ index }) =>
      source.slice(Math.max(0, index - 260), index + 120),
    )
    for (const around of methods) expect(around).toMatch(/webhook|push_subscriptions|\/users|oauth\/revoke/)
    expect(platforms.find((platform) => platform.id === id)!.calendar).toBeNull()
  })

  test.each(platforms.map((platform) => [platform.id, platform] as const))('%s is left alone for as long as it asks', (_id, { limits }) => {
    const now = new Date('2026-09-08T08:00:00Z')
    const blocked = (headers: Record<string, string>) => limits.read(new Headers(headers), 429, now)?.blockedUntil?.toISOString()
    expect(blocked({ 'Retry-After': '90' })).toBe('2026-09-08T08:01:30.000Z')
    expect(blocked({ 'RETRY-AFTER': 'Tue, 08 Sep 2026 08:05:00 GMT' })).toBe('2026-09-08T08:05:00.000Z')
    const odd = { 'retry-after': 'soon', 'x-ratelimit-limit': 'many', 'ratelimit-limit': '', 'x-ratelimit-remaining': '-' }
    expect(limits.read(new Headers(odd), 429, now)?.windows ?? []).toEqual([])
    expect(limits.read(new Headers(), 200, now)).toBeNull()
  })

  test('a wildcard host never gets a token', () => {
    for (const { hosts } of platforms) for (const { host, use } of hosts) if (host.startsWith('*')) expect(use).toBe('file')
  })
})
