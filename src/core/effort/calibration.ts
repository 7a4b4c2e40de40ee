// Made by scripts/calibrate.ts from the development runs: do not edit by hand. docs/classification-report.md has the figures.
export const calibration = {
  history: {
    warm: {
      both: {
        intercept: -3.143,
        weights: {
          qMax: 3.327,
          zDiff: 0.698,
          fast: 1.935,
          weekday: 3.273,
          previous: -1.343,
          longMean: -0.597,
          longRace: 4.649,
          long: -2.576,
        },
      },
      pace: {
        intercept: -1.055,
        weights: {
          fast: 2.148,
          weekday: 2.799,
          previous: -1.08,
          longRace: 5.454,
          long: -2.576,
        },
      },
      heart: {
        intercept: -2.81,
        weights: {
          qMax: 4.844,
          zDiff: 0.296,
          weekday: 2.71,
          previous: -1.393,
          longMean: 1.495,
          long: -2.576,
        },
      },
    },
    cold: {
      both: {
        intercept: -2.633,
        weights: {
          qMax: 3.028,
          zDiff: 0.521,
          fast: 1.127,
          longMean: -0.181,
          longRace: 4.303,
          long: -2.576,
        },
      },
      pace: {
        intercept: -0.753,
        weights: {
          fast: 1.212,
          longRace: 6.021,
          long: -2.576,
        },
      },
      heart: {
        intercept: -2.543,
        weights: {
          qMax: 4.026,
          zDiff: 0.294,
          longMean: 1.933,
          long: -2.576,
        },
      },
    },
  },
  samples: {
    both: {
      intercept: -0.903,
      weights: {
        history: 0.529,
        rules: 0.178,
        spread: 3.512,
      },
    },
    pace: {
      intercept: -0.82,
      weights: {
        history: 0.609,
        rules: 0.563,
        spread: 3.665,
      },
    },
    heart: {
      intercept: -0.17,
      weights: {
        history: 0.309,
        rules: 0.583,
      },
    },
  },
}
