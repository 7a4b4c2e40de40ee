import { describe, expect, test } from 'vitest'
import { faultsOf } from '../../../scripts/space/faults.ts'
import { requestAt, spaceSize } from '../../../scripts/space/space.ts'

/** Every so many of the space; a prime, so that all values of all dimensions meet. `npm run space` takes them all. */
const EVERY = 97

describe('the space of sessions', () => {
  test('every session fits its minutes, keeps to equipment, level and flags, and comes back from its FIT file as it went', () => {
    let built = 0
    for (let number = 0; number < spaceSize; number += EVERY) {
      const faults = faultsOf(requestAt(number))
      if (faults === null) continue
      built += 1
      expect(faults, `request ${number}`).toEqual([])
    }
    expect(built).toBeGreaterThan(500)
  })
})
