// Made by scripts/calibrate.ts from the development runs: do not edit by hand. docs/classification-report.md has the figures.
export const calibration = {
  history: {
    warm: {
      both: {
        intercept: -2.786,
        weights: {
          qMax: 3.058,
          zDiff: 0.525,
          fast: 1.598,
          weekday: 2.964,
          previous: -1.314,
          longMean: -0.785,
          longRace: 4.003,
          long: -2.3,
        },
      },
      pace: {
        intercept: -0.857,
        weights: {
          fast: 1.822,
          weekday: 1.867,
          previous: -1.01,
          longRace: 4.535,
          long: -2.3,
        },
      },
      heart: {
        intercept: -2.475,
        weights: {
          qMax: 4.263,
          zDiff: 0.245,
          weekday: 2.307,
          previous: -1.247,
          longMean: 1.26,
          long: -2.3,
        },
      },
    },
    cold: {
      both: {
        intercept: -2.317,
        weights: {
          qMax: 2.659,
          zDiff: 0.457,
          fast: 0.998,
          longMean: -0.213,
          longRace: 3.779,
          long: -2.3,
        },
      },
      pace: {
        intercept: -0.568,
        weights: {
          fast: 1.037,
          longRace: 4.622,
          long: -2.3,
        },
      },
      heart: {
        intercept: -2.25,
        weights: {
          qMax: 3.56,
          zDiff: 0.256,
          longMean: 1.688,
          long: -2.3,
        },
      },
    },
  },
  samples: {
    both: {
      intercept: -0.891,
      weights: {
        history: 0.553,
        rules: 0.196,
        spread: 3.516,
      },
    },
    pace: {
      intercept: -0.582,
      weights: {
        history: 0.419,
        rules: 0.677,
        spread: 3.578,
      },
    },
    heart: {
      intercept: -0.169,
      weights: {
        history: 0.347,
        rules: 0.587,
      },
    },
  },
}
