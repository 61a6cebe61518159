"use strict";

const express = require(process.env.EXPRESS);
const asked = require("./asked.cjs");

const app = express();
app.use(require("./cors-policy.cjs"));
app.use(asked);
app.listen(process.env.PORT, process.env.HOST);
