#!/usr/bin/env node
// Committed, so that package managers can link it before anything is built.
import '../dist/bin.js';
