package dev.landfall.webapp.transfer;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.CollectionName;
import dev.landfall.webapp.http.Answer;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;

/** One collection as a table. */
record CsvExport(ExportSource source, ApplicationName application, CollectionName collection)
    implements Answer {
  @Override
  public void writeTo(Sink out) throws IOException {
    Table table = Table.of(source, application, collection);
    Writer text = new OutputStreamWriter(new SinkStream(out), StandardCharsets.UTF_8);
    table.writeTo(text);
    source.requireStill();
    text.flush();
  }
}
