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
        intercept: -0.862,
        weights: {
          fast: 1.822,
          weekday: 1.878,
          previous: -1,
          longRace: 4.546,
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
        intercept: -0.572,
        weights: {
          fast: 1.042,
          longRace: 4.626,
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
      intercept: -0.813,
      weights: {
        history: 0.518,
        rules: 0.171,
        spread: 3.341,
      },
    },
    pace: {
      intercept: -0.399,
      weights: {
        history: 0.388,
        rules: 0.81,
        spread: 3.134,
      },
    },
    heart: {
      intercept: -0.202,
      weights: {
        history: 0.323,
        rules: 0.615,
      },
    },
  },
}
