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
        intercept: -0.847,
        weights: {
          fast: 1.726,
          weekday: 2.249,
          previous: -0.868,
          longRace: 4.383,
          long: -2.07,
        },
      },
      heart: {
        intercept: -2.66,
        weights: {
          qMax: 4.585,
          zDiff: 0.28,
          weekday: 2.565,
          previous: -1.318,
          longMean: 1.415,
          long: -2.438,
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
        intercept: -0.605,
        weights: {
          fast: 0.974,
          longRace: 4.839,
          long: -2.07,
        },
      },
      heart: {
        intercept: -2.407,
        weights: {
          qMax: 3.811,
          zDiff: 0.278,
          longMean: 1.83,
          long: -2.438,
        },
      },
    },
  },
  samples: {
    both: {
      intercept: -0.9,
      weights: {
        history: 0.525,
        rules: 0.192,
        spread: 3.511,
      },
    },
    pace: {
      intercept: -0.813,
      weights: {
        history: 0.732,
        rules: 0.569,
        spread: 3.662,
      },
    },
    heart: {
      intercept: -0.17,
      weights: {
        history: 0.326,
        rules: 0.583,
      },
    },
  },
}
