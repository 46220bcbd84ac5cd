package dev.landfall.webapp;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;

/** The REST application, at the root of the server. */
@ApplicationPath("/")
public class LandfallApplication extends Application {}
