/** The API in memory, and controllers on it. */
package io.kvorum.controllers.testing;
