import eslint from '@eslint/js';
import jupyter from '@jupyter/eslint-plugin';
import prettier from 'eslint-plugin-prettier/recommended';
import globals from 'globals';
import tseslint from 'typescript-eslint';

// Each layer imports from those before it, never from one after it.
const LAYERS = [
  'types',
  'decode',
  'restapi',
  'stream',
  'model',
  'components',
  'panel',
  'tokens',
  'plugins',
  'index'
];

const layerRules = LAYERS.map((layer, place) => {
  const above = LAYERS.slice(place + 1);
  return {
    files: [`src/${layer}.{ts,tsx}`, `src/${layer}/**/*.{ts,tsx}`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: above.length
            ? [
                {
                  regex: `^(\\./|(\\.\\./)+)(${above.join('|')})(/|$)|^(\\.|\\.\\.)/?$`,
                  message: `'${layer}' imports from lower layers only: ${LAYERS.slice(0, place).join(', ')}.`
                }
              ]
            : []
        }
      ]
    }
  };
});

export default tseslint.config(
  {
    ignores: [
      'lib/**',
      'coverage/**',
      'node_modules/**',
      '.yarn/**',
      'src/types/rest-api.ts'
    ]
  },
  eslint.configs.recommended,
  ...tseslint.configs.recommended,
  { plugins: { jupyter } },
  ...jupyter.configs.recommended,
  prettier,
  {
    files: ['src/**/*.{ts,tsx}'],
    languageOptions: {
      globals: globals.browser,
      parserOptions: { project: 'tsconfig.json' }
    },
    rules: {
      '@typescript-eslint/naming-convention': [
        'error',
        {
          selector: 'interface',
          format: ['PascalCase'],
          custom: { regex: '^I[A-Z]', match: true }
        }
      ],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-namespace': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { args: 'none' }],
      complexity: ['error', 10],
      curly: ['error', 'all'],
      eqeqeq: 'error',
      'max-lines': ['error', { max: 320 }],
      'prefer-arrow-callback': 'error',
      // The bundle is small, and jobs are followed from the start on.
      'jupyter/prefer-lazy-imports': 'off'
    }
  },
  ...layerRules,
  {
    files: ['*.js'],
    languageOptions: { globals: globals.node, sourceType: 'commonjs' },
    rules: { '@typescript-eslint/no-require-imports': 'off' }
  }
);
