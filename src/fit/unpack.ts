/** What is taken at most, and gzip within those bounds. ZIP archives: zip.ts. */
import { gunzipSync } from 'node:zlib'
import { UnreadableFile } from './unreadable.ts'

const MB = 1 << 20

/**
 * What is taken at most. A day of recording every second with all sensors is about 8 MB of FIT. A bulk export of ten years holds some 4,000 activities.
 */
export const limits = {
  /** One uploaded file that is no ZIP, as it arrives. */
  fileBytes: 64 * MB,
  /** One activity, unpacked. */
  unpackedBytes: 96 * MB,
  /** One TCX or GPX file, unpacked: 48 MB are some 17 hours of recording every second. */
  xmlBytes: 48 * MB,
  /** One ZIP as it arrives. */
  zipBytes: 1024 * MB,
  /** Entries of one ZIP, folders included. */
  zipEntries: 20_000,
  /** All entries of one ZIP, unpacked. */
  zipUnpackedBytes: 8 * 1024 * MB,
  /** Unpacked bytes for each packed byte of one entry above 1 MB; XML reaches about 40. */
  ratio: 200,
} as const

export type Limits = { [Name in keyof typeof limits]: number }

/** Whether the bytes begin like gzip. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b
}

/** Whether the bytes begin like a ZIP archive (an empty one included). */
export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && ((bytes[2] === 3 && bytes[3] === 4) || (bytes[2] === 5 && bytes[3] === 6))
}

/** A size in words. */
export const megabytes = (bytes: number): string => `${Math.round(bytes / MB)} MB`

/** @throws UnreadableFile when it is damaged or holds more than `maxBytes` */
export function gunzip(bytes: Uint8Array, maxBytes: number = limits.unpackedBytes): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: maxBytes })
  } catch (error) {
    throw new UnreadableFile(
      codeOf(error) === 'ERR_BUFFER_TOO_LARGE'
        ? `Unpacked, the file is larger than ${megabytes(maxBytes)}, far more than an activity. Upload the activity itself.`
        : 'The packed file (gzip) is damaged or cut off. Download it again and upload the new file.',
    )
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/** Entries that are never an activity: folders, what macOS adds, hidden files. */
export function isNoise(name: string): boolean {
  const parts = name.split('/')
  return name.endsWith('/') || parts.includes('__MACOSX') || parts.at(-1)!.startsWith('.')
}

/** Whether the name of a ZIP entry is one of a file that is read; a ZIP inside is Garmin Connect's "original" of one activity. */
export function isActivityName(name: string): boolean {
  return /\.(fit|tcx|gpx)(\.gz)?$/i.test(name) || /\.zip$/i.test(name)
}
