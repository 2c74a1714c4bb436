// Configuration of the import check; the walls themselves are in build/walls.mjs.
import { allowed, forbidden } from './build/walls.mjs';

export default {
  forbidden,
  allowed,
  allowedSeverity: 'error',
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    // Styles and other assets are not modules.
    exclude: { path: '[.](css|svg|png|woff2)$' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.cjs', '.json', '.d.ts'],
    },
  },
};
