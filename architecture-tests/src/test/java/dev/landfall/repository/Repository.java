package dev.landfall.repository;

import static java.util.stream.Collectors.toCollection;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/** The files of this project, as they are. */
final class Repository {
  static final Path ROOT = Path.of("").toAbsolutePath().getParent();

  private Repository() {}

  static String text(String path) throws IOException {
    return Files.readString(ROOT.resolve(path), StandardCharsets.UTF_8);
  }

  /** The documents in a YAML file; duplicate keys and the like are errors that name the place. */
  static List<Object> yaml(String path) throws IOException {
    LoadSettings strict =
        LoadSettings.builder().setLabel(path).setAllowDuplicateKeys(false).build();
    try (InputStream in = Files.newInputStream(ROOT.resolve(path))) {
      List<Object> documents = new ArrayList<>();
      new Load(strict).loadAllFromInputStream(in).forEach(documents::add);
      return documents;
    }
  }

  /** Paths of the files below a folder, from the root, that end in one of {@code endings}. */
  static TreeSet<String> files(String folder, String... endings) throws IOException {
    try (Stream<Path> all = Files.walk(ROOT.resolve(folder))) {
      return all.filter(Files::isRegularFile)
          .map(path -> ROOT.relativize(path).toString().replace('\\', '/'))
          .filter(path -> !path.contains("node_modules/") && !path.contains("/target/"))
          .filter(path -> Stream.of(endings).anyMatch(path::endsWith))
          .collect(toCollection(TreeSet::new));
    }
  }

  /** The poms of all modules, the root's first. */
  static List<Element> poms() throws IOException {
    List<Element> poms = new ArrayList<>();
    poms.add(pom("pom.xml"));
    for (Element module : children(child(poms.get(0), "modules").orElseThrow(), "module")) {
      poms.add(pom(module.getTextContent().strip() + "/pom.xml"));
    }
    return poms;
  }

  private static Element pom(String path) throws IOException {
    try (InputStream in = Files.newInputStream(ROOT.resolve(path))) {
      return DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .parse(in)
          .getDocumentElement();
    } catch (ParserConfigurationException | SAXException e) {
      throw new IOException(path, e);
    }
  }

  /** The text of an element below {@code parent}, by the names on the way. */
  static Optional<String> text(Element parent, String... names) {
    Optional<Element> at = Optional.of(parent);
    for (String name : names) {
      at = at.flatMap(element -> child(element, name));
    }
    return at.map(element -> element.getTextContent().strip());
  }

  static Optional<Element> child(Element parent, String name) {
    return children(parent, name).stream().findFirst();
  }

  static List<Element> children(Element parent, String name) {
    return Stream.iterate(parent.getFirstChild(), node -> node != null, Node::getNextSibling)
        .filter(Element.class::isInstance)
        .map(Element.class::cast)
        .filter(element -> element.getTagName().equals(name))
        .toList();
  }
}
