/**
 * What proves a router: a test for each rule of the protocol, for this router and for any other. The suite takes the test
 * runner's functions as arguments, so that any runner will do.
 *
 * @packageDocumentation
 */
export { type RouterConformance, routerConformance } from './router-conformance.js';
