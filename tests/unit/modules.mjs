// The product's scripts are modules without a package around them; older versions of Node have to be told.

import { register } from 'node:module';

const hook = `export const load = (url, context, next) => next(url, url.includes('/assets/') ? { ...context, format: 'module' } : context);`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);
