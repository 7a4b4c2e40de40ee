/** Which addresses a platform has, and where a request really goes. */
import { PlatformError } from '../errors.ts'
import type { Host, PlatformId, PlatformSettings } from './platform.ts'

type Facts = { id: PlatformId; hosts: readonly Host[] }

function matches(pattern: string, hostname: string): boolean {
  return pattern.startsWith('*.') ? hostname.endsWith(pattern.slice(1)) && hostname.length > pattern.length - 1 : hostname === pattern
}

/** The platform's own host behind an address: https, exact name, default port, no user part; else `null`. */
export function ownHost(facts: Facts, address: string | URL): Host | null {
  const url = address instanceof URL ? address : URL.parse(address)
  if (url?.protocol !== 'https:' || url.port !== '' || url.username !== '' || url.password !== '') return null
  return facts.hosts.find(({ host }) => matches(host, url.hostname)) ?? null
}

/**
 * Where a request to a real address goes: there, or to the origin that replaces the platform's hosts (`P_URL`), with the
 * path unchanged.
 * @throws PlatformError `give up` for an address that is not the platform's own
 */
export function mapped(facts: Facts, settings: Pick<PlatformSettings, 'url'>, address: string | URL): { url: URL; host: Host } {
  const real = address instanceof URL ? address : URL.parse(address)
  const host = real && ownHost(facts, real)
  if (!real || !host) throw new PlatformError(facts.id, 'give up', `an address outside the platform's own hosts was not asked`)
  if (!settings.url) return { url: real, host }
  return { url: new URL(`${settings.url}${real.pathname}${real.search}`), host }
}

/**
 * The next address after a redirect. `from` is the address that was really asked.
 * @returns `null` when it leads outside the platform's own hosts
 */
export function redirected(
  facts: Facts,
  settings: Pick<PlatformSettings, 'url'>,
  from: { url: URL; host: Host },
  location: string,
): { url: URL; host: Host } | null {
  const next = URL.parse(location, from.url.href)
  if (!next) return null
  const own = ownHost(facts, next)
  if (own) return mapped(facts, settings, next)
  if (!settings.url) return null
  const replaced = new URL(settings.url)
  const prefix = replaced.pathname.replace(/\/+$/, '')
  const inside = next.origin === replaced.origin && (next.pathname === prefix || next.pathname.startsWith(`${prefix}/`))
  if (!inside) return null
  // A full address at the replaced origin does not tell which host was meant: it gets no credentials, as a file host.
  return { url: next, host: URL.canParse(location) ? { host: next.hostname, use: 'file' } : from.host }
}
