//! Tests that need no GPU and no window.

#![cfg(test)]

mod cases;
mod compare_cli;
mod containers;
mod demo;
mod demo_truth;
#[path = "../common/dicom_builder.rs"]
mod dicom_builder;
mod dicom_codecs;
mod dicom_encodings;
mod dicom_hostile;
mod dicom_rtstruct;
mod dicom_seg;
mod dicom_series;
mod dicom_truth;
mod dicom_write;
mod dicom_write_labels;
mod dicom_write_limits;
mod driver;
#[path = "../common/float_file.rs"]
mod float_file;
mod geometry;
mod hdf5;
mod hdf5_damage;
#[path = "../common/hdf5_file.rs"]
mod hdf5_file;
mod histogram;
mod identifiers;
mod judging;
mod label_tables;
mod layers;
mod leaving;
mod made_nifti;
mod measure;
mod measure_cli;
mod measure_files;
mod movies;
mod nifti;
mod nifti_damage;
#[path = "../common/nifti_file.rs"]
mod nifti_file;
mod nifti_write;
mod nrrd;
mod overlays;
mod painting;
mod painting_killed;
mod painting_safe;
mod painting_tools;
mod painting_work;
mod pictures;
mod probability;
mod program;
mod program_doubts;
mod program_files;
mod questions;
mod readers_cli;
mod reload;
mod removal;
mod scalpel;
mod segment_surfaces;
mod settings;
mod smooth_surfaces;
mod sources;
mod stats_cli;
mod tables;
mod thumbnails;
mod tidy;
mod transfer;
mod volume_view;
mod window;
mod words;
#[path = "../common/zip_file.rs"]
mod zip_file;
