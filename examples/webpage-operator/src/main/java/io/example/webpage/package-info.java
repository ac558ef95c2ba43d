/** An operator as the documentation of the Java Operator SDK has it: a page of HTML, served by a Deployment behind a Service. */
package io.example.webpage;
