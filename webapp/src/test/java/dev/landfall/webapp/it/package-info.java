/** The packaged server, started and asked over HTTP. */
package dev.landfall.webapp.it;
