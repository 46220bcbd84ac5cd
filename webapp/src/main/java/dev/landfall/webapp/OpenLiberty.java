package dev.landfall.webapp;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Dictionary;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The OSGi framework below the Open Liberty we run on, of which applications are told nothing.
 * Asked by reflection, as its classes are not for applications either.
 */
final class OpenLiberty {
  /** {@code org.osgi.framework.Bundle.STOPPING}. */
  private static final Integer STOPPING = 0x10;

  private static final String BUNDLE = "org.osgi.framework.Bundle";
  private static final String CONTEXT = "org.osgi.framework.BundleContext";
  private static final String ADMIN = "org.osgi.service.cm.ConfigurationAdmin";

  private final Object framework;
  private final Method state;

  /**
   * The one that has loaded the class of {@code ofServer}.
   *
   * @param ofServer an object of a class that the server brings
   * @throws ReflectiveOperationException if there is none
   */
  OpenLiberty(Object ofServer) throws ReflectiveOperationException {
    ClassLoader loader = ofServer.getClass().getClassLoader();
    Object bundle =
        method(loader, "org.osgi.framework.BundleReference", "getBundle").invoke(loader);
    Object context = method(bundle, BUNDLE, "getBundleContext").invoke(bundle);
    this.framework = method(context, CONTEXT, "getBundle", long.class).invoke(context, 0L);
    this.state = method(framework, BUNDLE, "getState");
  }

  /** Whether the server has been told to stop. */
  boolean isStopping() throws ReflectiveOperationException {
    return STOPPING.equals(state.invoke(framework));
  }

  /**
   * The elements of a kind in the server's configuration, defaults included.
   *
   * @param pid what the kind is called inside of the server, as a factory or alone
   * @return their attributes by names in lower case
   */
  List<Map<String, Object>> configured(String pid) throws ReflectiveOperationException {
    Object context = method(framework, BUNDLE, "getBundleContext").invoke(framework);
    Method find = method(context, CONTEXT, "getServiceReference", String.class);
    Object reference = find.invoke(context, ADMIN);
    if (reference == null) {
      throw new ReflectiveOperationException("the framework has no " + ADMIN);
    }
    ClassLoader loader = context.getClass().getClassLoader();
    Object admin =
        context
            .getClass()
            .getClassLoader()
            .loadClass(CONTEXT)
            .getMethod("getService", loader.loadClass("org.osgi.framework.ServiceReference"))
            .invoke(context, reference);
    Object[] found =
        (Object[])
            method(admin, ADMIN, "listConfigurations", String.class)
                .invoke(admin, "(|(service.pid=" + pid + ")(service.factoryPid=" + pid + "))");
    List<Map<String, Object>> elements = new ArrayList<>();
    for (Object one : found == null ? new Object[0] : found) {
      Object properties =
          method(one, "org.osgi.service.cm.Configuration", "getProperties").invoke(one);
      Map<String, Object> attributes = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
      if (properties instanceof Dictionary<?, ?> known) {
        for (Object key : Collections.list(known.keys())) {
          attributes.put(key.toString(), known.get(key));
        }
      }
      elements.add(attributes);
    }
    return elements;
  }

  /** The method as the interface has it, which is public where the class may not be. */
  private static Method method(Object of, String type, String name, Class<?>... parameters)
      throws ReflectiveOperationException {
    ClassLoader loader = of.getClass().getClassLoader();
    return Class.forName(type, false, loader).getMethod(name, parameters);
  }
}
