// Both ends of a peer: NestJS over TCP. There is nothing in the middle: the caller is connected to the callee.
import 'reflect-metadata';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type ClientOptions, ClientProxyFactory, MessagePattern, Payload, Transport } from '@nestjs/microservices';
import { firstValueFrom } from 'rxjs';
import { optionsOf, serve } from '../child.js';
import { freePort } from '../free-port.js';
import { add, type PeerOptions, serveCalls } from '../peer-end.js';
import { PROCEDURE } from '../wire.js';

@Controller()
class Adder {
  @MessagePattern(PROCEDURE)
  add(@Payload() args: number[]): number {
    return add(args);
  }
}

@Module({ controllers: [Adder] })
class AdderModule {}

const { role, url } = optionsOf<PeerOptions>();
if (role === 'callee') {
  const port = await freePort();
  const options = { host: '127.0.0.1', port };
  const app = await NestFactory.createMicroservice(AdderModule, { transport: Transport.TCP, options, logger: false });
  await app.listen();
  serve(`tcp://127.0.0.1:${port}`);
} else {
  const { hostname, port } = new URL(url);
  const options: ClientOptions = { transport: Transport.TCP, options: { host: hostname, port: Number(port) } };
  const client = ClientProxyFactory.create(options);
  await client.connect();
  serveCalls(url, (args) => firstValueFrom(client.send<number>(PROCEDURE, args)));
}
