/**
 * Makes the OpenAPI documents and the compact schemas out of the annotations of the official Java models and our own
 * overlay. Runs at build time only: nothing here is loaded by a component.
 */
@NullMarked
package io.kvorum.openapi.generate;

import org.jspecify.annotations.NullMarked;
