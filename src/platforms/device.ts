/** Devices as their makers want them named, whichever platform told of them. */

/** Whether a device's name says that Garmin made it. */
export function isGarmin(device: string | null): boolean {
  return /^garmin\b/i.test(device ?? '')
}

/** The name of a device that Garmin made, as Garmin wants it shown: `Garmin Forerunner 265`; `Garmin` where no model is known. */
export function garminName(device: string | null): string {
  if (!device || device === 'unknown') return 'Garmin'
  return isGarmin(device) ? device : `Garmin ${device}`
}
