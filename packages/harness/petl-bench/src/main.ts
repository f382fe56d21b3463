#!/usr/bin/env node
import "@petl/cli/main";
