// tsyringe refuses to load without it. Every file takes tsyringe from here, so that the order is sure.
import 'reflect-metadata';
import { injectable } from 'tsyringe';

export { container, type DependencyContainer, type InjectionToken, inject, Lifecycle } from 'tsyringe';
export { injectable };

/** What tsyringe takes for a class. */
export type InjectableClass = Parameters<ReturnType<typeof injectable<object>>>[0];
