//! One segment of the engine's index, made from documents.
//!
//! The engine's own writer could do it, and does it for any schema. Ours does the same for the few
//! kinds of fields that we have, in less than half the time: it made up a third of what a build took
//! (see [`lists`](super::lists)). The files are written by the engine's serializers; a test compares
//! a segment of ours with the engine's.

use tantivy::directory::{TerminatingWrite, WritePtr};
use tantivy::fastfield::{FastFieldsWriter, write_alive_bitset};
use tantivy::fieldnorm::{FieldNormReaders, FieldNormsSerializer, FieldNormsWriter};
use tantivy::index::{Index, Segment, SegmentComponent, SegmentMeta};
use tantivy::postings::InvertedIndexSerializer;
use tantivy::schema::{Field, FieldType, IndexRecordOption, Schema, TextFieldIndexing, Value};
use tantivy::store::StoreWriter;
use tantivy::{BitSet, DocId, TantivyDocument, TantivyError};

use super::lists::{CharacterLists, TermLists};
use super::tokenizers::{CHARACTERS, END_OF_TERM, HIDDEN, WORDS};

/// A segment in the making.
pub(super) struct SegmentBuilder {
    segment: Segment,
    schema: Schema,
    /// The lists of each field, by its number; none of fields that are not searched.
    lists: Vec<Option<FieldLists>>,
    lengths: FieldNormsWriter,
    columns: FastFieldsWriter,
    store: StoreWriter,
    documents: DocId,
    /// Those that were taken out again.
    removed: Vec<DocId>,
}

/// The lists of a field.
struct FieldLists {
    lists: Lists,
    option: IndexRecordOption,
    /// Whether the length of each text is kept.
    measured: bool,
    /// Of the newest document: how many terms it had so far, and the position behind the last.
    terms: u32,
    behind: u32,
}

/// Lists by what the terms of a field are.
enum Lists {
    /// Each value as a whole.
    Whole(TermLists),
    /// The terms of a text that is cut already.
    Cut(TermLists),
    /// Every character.
    Characters(CharacterLists),
}

impl SegmentBuilder {
    /// Starts a segment of an index.
    pub(super) fn new(index: &Index) -> tantivy::Result<Self> {
        let (segment, schema) = (index.new_segment(), index.schema());
        let lists = schema.fields().map(|(_, entry)| FieldLists::of(entry.field_type()));
        let settings = index.settings();
        Ok(Self {
            lists: lists.collect::<tantivy::Result<_>>()?,
            lengths: FieldNormsWriter::for_schema(&schema),
            columns: FastFieldsWriter::from_schema_and_tokenizer_manager(
                &schema,
                index.fast_field_tokenizer().clone(),
            )?,
            store: StoreWriter::new(
                segment.open_write(SegmentComponent::Store)?,
                settings.docstore_compression,
                settings.docstore_blocksize,
                settings.docstore_compress_dedicated_thread,
            )?,
            segment,
            schema,
            documents: 0,
            removed: Vec::new(),
        })
    }

    /// Adds a document; returns its number in the segment.
    pub(super) fn add(&mut self, document: &TantivyDocument) -> tantivy::Result<DocId> {
        let number = self.documents;
        for (field, value) in document.field_values() {
            let Some(lists) = &mut self.lists[field.field_id() as usize] else { continue };
            let value = value.as_value();
            match (value.as_str(), value.as_u64()) {
                (Some(text), _) => lists.add(number, text),
                (None, Some(value)) => lists.add_whole(number, &value.to_be_bytes()),
                (None, None) => return Err(unknown(&self.schema, field)),
            }
        }
        for ((field, _), lists) in self.schema.fields().zip(&mut self.lists) {
            let Some(lists) = lists else { continue };
            if lists.measured {
                self.lengths.record(number, field, lists.terms);
            }
            (lists.terms, lists.behind) = (0, 0);
        }
        self.columns.add_document(document)?;
        self.store.store(document, &self.schema)?;
        self.documents += 1;
        Ok(number)
    }

    /// Takes a document out again.
    pub(super) fn remove(&mut self, document: DocId) {
        self.removed.push(document);
    }

    /// Bytes it takes until it is written.
    pub(super) fn memory(&self) -> usize {
        let lists = self.lists.iter().flatten().map(FieldLists::memory).sum::<usize>();
        lists + self.lengths.mem_usage() + self.columns.mem_usage() + self.store.mem_usage()
    }

    /// Writes the segment's files; nobody reads them until the engine is given what this returns.
    pub(super) fn write(mut self) -> tantivy::Result<SegmentMeta> {
        use SegmentComponent::{Delete, FastFields, FieldNorms};
        let segment = self.segment;
        self.lengths.fill_up_to_max_doc(self.documents);
        self.lengths
            .serialize(FieldNormsSerializer::from_write(segment.open_write(FieldNorms)?)?, None)?;
        let lengths = FieldNormReaders::open(segment.open_read(FieldNorms)?)?;
        let mut inverted = InvertedIndexSerializer::open(&segment)?;
        for ((field, _), lists) in self.schema.fields().zip(self.lists) {
            let Some(FieldLists { lists, option, .. }) = lists else { continue };
            let tokens = lists.tokens();
            if tokens == 0 {
                continue;
            }
            let mut to = inverted.new_field(field, tokens, lengths.get_field(field)?)?;
            match lists {
                Lists::Whole(lists) | Lists::Cut(lists) => lists.write(option, &mut to)?,
                Lists::Characters(lists) => lists.write(option, &mut to)?,
            }
            to.close()?;
        }
        inverted.close()?;
        let mut columns: WritePtr = segment.open_write(FastFields)?;
        self.columns.serialize(&mut columns, None)?;
        columns.terminate()?;
        self.store.close()?;
        let mut segment = segment.with_max_doc(self.documents);
        if !self.removed.is_empty() {
            let mut alive = BitSet::with_max_value_and_full(self.documents);
            for document in &self.removed {
                alive.remove(*document);
            }
            // As if they had been deleted before the engine's first operation.
            segment = segment.with_delete_meta(self.documents - alive.len() as u32, 0);
            let mut to: WritePtr = segment.open_write(Delete)?;
            write_alive_bitset(&alive, &mut to)?;
            to.terminate()?;
        }
        segment.meta().untrack_temp_docstore();
        Ok(segment.meta().clone())
    }
}

fn unknown(schema: &Schema, field: Field) -> TantivyError {
    let name = schema.get_field_name(field);
    TantivyError::SchemaError(format!("`{name}` has a value of a kind that we do not have"))
}

impl FieldLists {
    /// The empty lists of a field; none if it is not searched.
    fn of(kind: &FieldType) -> tantivy::Result<Option<Self>> {
        let Some(option) = kind.index_record_option() else { return Ok(None) };
        let lists = match kind {
            FieldType::U64(_) => Lists::Whole(TermLists::default()),
            FieldType::Str(text) => {
                match text.get_indexing_options().map(TextFieldIndexing::tokenizer) {
                    Some(WORDS | HIDDEN) => Lists::Cut(TermLists::default()),
                    Some(CHARACTERS) => Lists::Characters(CharacterLists::default()),
                    _ => Lists::Whole(TermLists::default()),
                }
            }
            other => {
                let kind = other.value_type();
                return Err(TantivyError::SchemaError(format!("no segment holds {kind:?}")));
            }
        };
        let measured = kind.has_fieldnorms();
        Ok(Some(Self { lists, option, measured, terms: 0, behind: 0 }))
    }

    /// Files a document under a text.
    fn add(&mut self, document: DocId, text: &str) {
        match &mut self.lists {
            Lists::Cut(lists) => {
                self.terms += lists.add_all(document, text.as_bytes(), END_OF_TERM as u8);
            }
            Lists::Whole(_) => self.add_whole(document, text.as_bytes()),
            Lists::Characters(lists) => {
                let behind = lists.add(document, text, self.behind);
                self.terms += behind - self.behind;
                // The engine leaves a gap between two texts, so that no phrase reaches over.
                self.behind = behind + 1;
            }
        }
    }

    /// Files a document under a value as a whole.
    fn add_whole(&mut self, document: DocId, value: &[u8]) {
        if let Lists::Whole(lists) = &mut self.lists {
            self.terms += u32::from(lists.add(document, value));
        }
    }

    fn memory(&self) -> usize {
        match &self.lists {
            Lists::Whole(lists) | Lists::Cut(lists) => lists.memory(),
            Lists::Characters(lists) => lists.memory(),
        }
    }
}

impl Lists {
    const fn tokens(&self) -> u64 {
        match self {
            Self::Whole(lists) | Self::Cut(lists) => lists.tokens(),
            Self::Characters(lists) => lists.tokens(),
        }
    }
}
